"""What people who are not signed in hand in: signed addresses, words without hidden signs, and spam held back.

Surveys and forms take answers in by the same means, which stand here once. Nothing is asked of anybody else for it.
"""
