"""The console's own state: who this install is and what was done with it. The only place that speaks SQL.

Nothing of the cluster is kept here except what the audit says about it, and no secret but the install's key.
"""
