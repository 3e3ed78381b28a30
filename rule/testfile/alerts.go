package testfile

import (
	"fmt"
	"slices"

	"github.com/eqlkit/eqlkit/ast/source"
	"github.com/eqlkit/eqlkit/rule"
)

// alerts reads what a case expects: a number, or a list.
func (r *reader) alerts(c *Case, n *rule.Node) *Alerts {
	out := &Alerts{Span: n.Key}
	switch v := n.Value.(type) {
	case int64:
		if v < 0 || v > 1<<30 {
			r.errorf(n.Span, "the number of alerts must be from 0")
		}
		out.Count = int(v)
	case []*rule.Node:
		out.List = make([]Alert, 0, len(v))
		for _, e := range v {
			out.List = append(out.List, r.alert(c, e))
		}
		out.Count = len(v)
	default:
		r.errorf(n.Span, "alerts must be a number or a list")
	}
	return out
}

// alert reads one alert: a table, or the one event of an event query.
func (r *reader) alert(c *Case, n *rule.Node) Alert {
	switch v := n.Value.(type) {
	case *rule.Table:
		out := Alert{Span: n.Span}
		if len(v.Keys) > 0 {
			out.Span = v.Items[v.Keys[0]].Key
		}
		r.known(v, " of an alert", "events", "keys")
		events, found := get[[]*rule.Node](r, v, "events", "a list of events")
		if found == nil && v.Items["events"] == nil {
			r.errorf(out.Span, "an alert needs its events").Hint = "write events = [...]"
		}
		for _, e := range events {
			out.Events = append(out.Events, r.reference(c, e))
		}
		if keys, found := get[[]*rule.Node](r, v, "keys", "a list of values"); found != nil {
			out.Keys = make([]any, 0, len(keys))
			for _, k := range keys {
				out.Keys = append(out.Keys, r.key(k))
			}
		}
		return out
	default:
		return Alert{Span: n.Span, Events: []int{r.reference(c, n)}}
	}
}

// reference returns the index of the event that an alert names; -1 for a
// missing event.
func (r *reader) reference(c *Case, n *rule.Node) int {
	events := c.Events()
	switch v := n.Value.(type) {
	case int64:
		if v >= 1 && v <= int64(len(events)) {
			return int(v - 1)
		}
		r.errorf(n.Span, "there is no event %d: the case has %d", v, len(events))
	case string:
		if v == Null {
			return -1
		}
		if i := slices.IndexFunc(events, func(h Happening) bool { return h.ID == v }); i >= 0 {
			return i
		}
		e := r.errorf(n.Span, "there is no event %q", clip(v))
		var ids []string
		for _, h := range events {
			if h.ID != "" {
				ids = append(ids, h.ID)
			}
		}
		if near := source.Nearest(clip(v), ids); near != "" {
			e.Hint = "did you mean " + near + "?"
		} else {
			e.Hint = fmt.Sprintf(`give an event its name by "@id" = %q`, clip(v))
		}
	default:
		r.errorf(n.Span, `an event is named by its @id, its number from 1, or "@null" for a missing one`)
	}
	return -1
}

func (r *reader) key(n *rule.Node) any {
	switch v := n.Value.(type) {
	case string:
		if v == Null {
			return nil
		}
		return v
	case int64, float64, bool:
		return v
	default:
		r.errorf(n.Span, "a key must be a string, a number, true, false or %q", Null)
		return nil
	}
}
