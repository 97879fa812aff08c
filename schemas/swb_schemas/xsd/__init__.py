"""The published contract: XSD files, language-neutral. They decide; the models mirror them."""
