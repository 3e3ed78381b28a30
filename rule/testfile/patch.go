package testfile

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/eqlkit/eqlkit/rule"
)

// maxOffset keeps times within what nanoseconds can count.
const maxOffset = 100 * 365 * 24 * time.Hour

var errOffset = errors.New("not a time")

// plainValue returns a TOML value as JSON would decode to, tables with their
// dotted keys nested.
func plainValue(n *rule.Node) any {
	switch v := n.Value.(type) {
	case *rule.Table:
		out := make(map[string]any, len(v.Items))
		for _, k := range v.Keys {
			out[k] = plainValue(v.Items[k])
		}
		return out
	case []*rule.Node:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = plainValue(e)
		}
		return out
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case string, int64, float64, bool:
		return v
	default: // a local date or time
		return fmt.Sprint(v)
	}
}

func cloneDoc(doc map[string]any) map[string]any {
	out := make(map[string]any, len(doc))
	for k, v := range doc {
		if sub, ok := v.(map[string]any); ok {
			v = cloneDoc(sub)
		}
		out[k] = v
	}
	return out
}

// set puts a value into the place that a path names, whichever way the path and
// the document nest. A table is merged with what is there, everything else
// takes its place.
func set(doc map[string]any, path string, v any) error {
	parts := strings.Split(path, ".")
	for i, part := range parts[:len(parts)-1] {
		next, ok := doc[part].(map[string]any)
		if !ok {
			if doc[part] != nil {
				return fmt.Errorf("%s cannot be set: %s is a value here, not a table", clip(path), clip(strings.Join(parts[:i+1], ".")))
			}
			next = map[string]any{}
			doc[part] = next
		}
		doc = next
	}
	last := parts[len(parts)-1]
	table, ok := v.(map[string]any)
	if !ok {
		doc[last] = v
		return nil
	}
	below, ok := doc[last].(map[string]any)
	if !ok {
		below = map[string]any{}
		doc[last] = below
	}
	for k, sub := range table {
		if err := set(below, k, sub); err != nil {
			return err
		}
	}
	return nil
}

// unset removes the value that a path names, and what held nothing else; it
// reports whether there was one.
func unset(doc map[string]any, path string) bool {
	first, rest, more := strings.Cut(path, ".")
	if !more {
		_, ok := doc[first]
		delete(doc, first)
		return ok
	}
	below, ok := doc[first].(map[string]any)
	if !ok || !unset(below, rest) {
		return false
	}
	if len(below) == 0 {
		delete(doc, first)
	}
	return true
}
