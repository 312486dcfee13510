"""Evidence for policy: what a reform of the benefits costs and whom it reaches, out of the very law that pays."""
