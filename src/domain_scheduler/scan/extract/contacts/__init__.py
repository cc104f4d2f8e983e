"""How a site's owner can be reached: e-mails, telephones, addresses, profiles, and pages that hold more.

Not here: who the owner is (owner/), which contact pages are asked for (scan/contact_choice.py).
"""
