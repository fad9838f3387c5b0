"""The WeChat front door: verify, decrypt, parse, answer. Knows the platform's protocol and nothing of reports."""
