"""Statistics that pages and briefs tell: neighbourhoods beyond chance, what a change is made of, how far a quota will last.

Pure functions of numbers: no units, no store, no words. Each says where it is from and is tested against its definition.
"""
