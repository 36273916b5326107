"""The senses: raw things in, `Symptoms` out."""
