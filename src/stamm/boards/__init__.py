"""Boards: pages of one's own, of widgets over every metric and analysis, shared by role or by a link.

A widget kind is one file in `widgets`: what it is called, what is set, what it asks, and what it is made of. The page,
the shared link, the PDF and the picture all draw from that.
"""
