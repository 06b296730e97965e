"""Whatever is sent or handed over, every parser answers with what it read or with its own refusal, and soon.

`python -m tests.fuzz --inputs 1000000` tries each parser with so many inputs.
"""
