"""What changed and happened in a cluster, told from its own time stamps and from the difference of two looks.

Everything here is pure: pictures and judgements in, entries out. Keeping them is `services/timeline`.
"""
