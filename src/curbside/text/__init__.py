"""Pure text: sentences, tokens, abbreviations, quantities, polarity. Spans in, spans out."""
