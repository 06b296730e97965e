"""The event types of version 1, one module per noun; `shared.contract.events` is the catalogue of them all."""
