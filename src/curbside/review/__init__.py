"""The review desk's rules, pure: who may do what to an article, and what that makes of it."""
