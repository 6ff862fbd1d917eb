"""Rules: values in, a decision out. No Flask, no database, no clock, no input or output."""
