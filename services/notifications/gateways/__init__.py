"""Everything outside this service: the operator of the telephones, and the service that knows the facts."""
