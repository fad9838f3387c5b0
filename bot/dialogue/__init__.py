"""The conversation as a pure state machine: (state, event, context) in, (state, effects) out. `machine.step` is its only door."""
