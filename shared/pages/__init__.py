"""What the pages of both services share: their frame and style, sign-in and sessions, and how a page is answered."""
