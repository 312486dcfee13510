"""The words and verdicts of benefits: pure, without framework, clock or chance."""
