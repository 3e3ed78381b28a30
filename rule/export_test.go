package rule

// DecodeTOML decodes a TOML document into plain values.
func DecodeTOML(data []byte) (map[string]any, error) {
	doc, err := decode("", data)
	if err != nil {
		return nil, err
	}
	return (&item{val: doc.root}).raw().(map[string]any), nil
}

var (
	LooksLikeEQL = looksLikeEQL
	ParseBack    = parseBack
)

// Plain returns r as it would be had it not been read from a file.
func (r *Rule) Plain() *Rule {
	out := *r
	out.Query, out.doc = nil, nil
	return &out
}
