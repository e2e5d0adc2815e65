"""A server that replays the pages of a large cluster, so that a client's own cost can be measured.

Everything it lists was encoded and packed beforehand: objects with the fields, owners and managedFields that
real ones have, in pages of 500, as lists, as metadata alone and as the Tables that kubectl asks for. Watches
stay open, send bookmarks and the changes that a bench asks for. It invents the cluster and knows nothing of
what is judged of it.
"""
