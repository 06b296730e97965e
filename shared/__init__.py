"""What both services must agree on: rules, postings, contract and log format."""
