"""What both services and every client agree on: event types, envelope, strict JSON, problems, roles."""
