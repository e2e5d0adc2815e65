"""Who may do what: the permissions that routes and verbs declare, and the Kubernetes rights behind each."""
