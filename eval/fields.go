package eval

import (
	"slices"

	"github.com/eqlkit/eqlkit/eval/event"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/plan"
	"github.com/eqlkit/eqlkit/eval/schema"
	"github.com/eqlkit/eqlkit/eval/value"
)

// slotOptions says how a field of q is read.
func (q *Query) slotOptions(f *plan.Field) event.SlotOptions {
	var o event.SlotOptions
	if s := q.config.Schema; s != nil {
		if field, ok := s.Field(f.FullPath()); ok {
			o = schema.SlotOptions(field)
		}
	}
	if o.Name == "" && f.T == fn.Date { // the timestamp is a date without any schema
		o = event.SlotOptions{Name: "date", Convert: toDate}
	}
	o.Scalars = true
	return o
}

func toDate(v value.Value) value.Value {
	if ns, ok := event.ParseTime(v); ok {
		return value.OfDate(ns)
	}
	return value.Value{}
}

// Fields returns the paths of all fields that the query reads from an event,
// its category and time included, sorted.
func (q *Query) Fields() []string {
	var out []string
	add := func(path string) {
		if path != "" {
			out = append(out, path)
		}
	}
	p := q.plan
	add(p.CategoryField)
	add(p.TimestampField)
	add(p.TiebreakerField)
	for _, path := range p.Partition {
		add(path)
	}
	steps := p.Steps
	if p.Until != nil {
		steps = append(slices.Clone(steps), *p.Until)
	}
	for _, s := range steps {
		plan.Fields(s.Cond, func(f *plan.Field) { add(f.FullPath()) })
		for _, k := range s.Keys {
			add(k.Path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
