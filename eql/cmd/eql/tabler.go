package main

import (
	"cmp"
	"strconv"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eql"
)

// tableFields caps the fields of the query that become columns.
const tableFields = 8

// A tabler prints a row for each event of a match.
type tabler struct {
	table
	kind   string
	fields []string
	n      int // matches so far
}

func newTabler(a *app, kind, timestamp string, s *ast.Summary) *tabler {
	timestamp = cmp.Or(timestamp, defaultTimestamp)
	t := &tabler{kind: kind, fields: []string{timestamp}}
	for _, use := range s.Fields {
		if len(t.fields) <= tableFields && use.Path != timestamp && use.Var == "" {
			t.fields = append(t.fields, use.Path)
		}
	}
	if kind != kindEvent {
		t.head = append(t.head, "#")
	}
	t.head = append(t.head, t.fields...)
	t.w, t.term = a.out, a.outTerm
	return t
}

func (t *tabler) match(m eql.Match) error {
	t.n++
	for i, ev := range m.Events {
		var row []string
		if t.kind != kindEvent {
			row = append(row, strconv.Itoa(t.n)+"."+strconv.Itoa(i+1))
		}
		for j, path := range t.fields {
			cell := ""
			switch {
			case ev != nil:
				if v := ev.Field(path); !v.IsNull() {
					cell = v.String()
				}
			case j == 0:
				cell = "(missing)"
			}
			row = append(row, cell)
		}
		t.add(row)
	}
	if len(t.rows) >= 200 {
		return t.flush()
	}
	return nil
}

func (t *tabler) end(*feed) error { return t.flush() }
