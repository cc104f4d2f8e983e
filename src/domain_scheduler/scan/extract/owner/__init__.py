"""Whose site it is: organisation, company numbers, copyright line, and names that the domain is spelled like.

Not here: how to reach the owner (contacts/).
"""
