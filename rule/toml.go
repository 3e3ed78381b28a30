package rule

import (
	"cmp"
	"slices"

	"github.com/eqlkit/eqlkit/ast/source"
)

// A Node is a value of a TOML file that knows where it stands. It belongs to
// the caller.
type Node struct {
	// Value is a string, int64, float64, bool, []*Node, *Table, time.Time, or one
	// of go-toml's local dates and times.
	Value any
	// Key is the span of the key, invalid for an element of a list; Span that of
	// the value.
	Key, Span source.Span
}

// A Table is a TOML table, however it was written.
type Table struct {
	Items map[string]*Node
	Keys  []string // of Items, in the order of the file
	Span  source.Span
}

// ReadTOML reads a TOML file that is no rule, such as the tests of a rule. The
// File is the text that spans are about; it is never nil. The error is a
// *source.Error.
func ReadTOML(name string, data []byte) (*Table, *source.File, error) {
	doc, err := decode(name, data)
	if err != nil {
		return nil, err.File, err
	}
	return doc.tree().export(), doc.file, nil
}

func (t *table) export() *Table {
	out := &Table{Items: make(map[string]*Node, len(t.items)), Span: t.span}
	for _, it := range t.items {
		out.Items[it.name] = it.export()
		out.Keys = append(out.Keys, it.name)
	}
	slices.SortFunc(out.Keys, func(a, b string) int {
		return cmp.Compare(out.Items[a].Key.Start, out.Items[b].Key.Start)
	})
	return out
}

func (i *item) export() *Node {
	n := &Node{Value: i.val, Key: i.key, Span: i.span}
	switch v := i.val.(type) {
	case nil:
		n.Value = i.text
	case *table:
		n.Value = v.export()
	case *array:
		list := make([]*Node, len(v.items))
		for i, e := range v.items {
			list[i] = e.export()
		}
		n.Value = list
	}
	return n
}
