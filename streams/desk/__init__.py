"""What people ask and do about findings, whoever carries it: the API and the dashboard. Explanations, cases, silences, evidence, pre-checks.

Flows in: a client of the store, a Scope, a wish. Flows out: plain values; rows of acts and silences. Every function asks the Scope first.
"""
