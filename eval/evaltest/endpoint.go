package evaltest

import (
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
)

// This file is about what the endpoint dialect adds to conditions.

// A place is where a condition is evaluated: an event and what else has a name.
type place struct {
	event int            // index in docs
	vars  map[string]any // elements of arrays, as decoded
	steps map[string]int // events of earlier steps
}

// lookUp are the values of a field.
func (ev *evaluator) lookUp(f *ast.Field, at place) []any {
	if f.Var != "" {
		element := at.vars[f.Var]
		if object, ok := element.(map[string]any); ok {
			if f.Path == "" {
				return nil
			}
			return values(object, f.Path)
		}
		if f.Path != "" {
			return nil
		}
		return scalars(element)
	}
	doc, path := ev.docs[at.event], f.Path
	if step, rest, ok := strings.Cut(path, "."); ok {
		if index, ok := at.steps[step]; ok {
			doc, path = ev.docs[index], rest
		}
	}
	return ev.valuesOf(doc, path)
}

func isSearch(c *ast.Call) bool { return strings.EqualFold(c.Name.Name, "_arraysearch") }

// isOwnCondition reports whether e asks a condition that has fields of its own.
func isOwnCondition(e ast.Expr) bool {
	if _, ok := e.(*ast.Lineage); ok {
		return true
	}
	c, ok := e.(*ast.Call)
	return ok && isSearch(c)
}

// search reports whether the condition holds for one element.
func (ev *evaluator) search(c *ast.Call, at place) bool {
	array := ast.Unparen(c.Args[0]).(*ast.Field)
	name := ast.Unparen(c.Args[1]).(*ast.Field).Var
	for _, x := range ev.elements(array, at) {
		inner := place{event: at.event, steps: at.steps, vars: map[string]any{}}
		maps.Copy(inner.vars, at.vars)
		inner.vars[name] = x
		if ev.holds(c.Args[2], inner) {
			return true
		}
	}
	return false
}

// elements are the elements of an array; nothing but an array is one element.
func (ev *evaluator) elements(f *ast.Field, at place) []any {
	if f.Var == "" {
		return below(ev.docs[at.event], f.Path)
	}
	switch element := at.vars[f.Var].(type) {
	case map[string]any:
		if f.Path != "" {
			return below(element, f.Path)
		}
		return []any{element}
	default:
		if f.Path != "" {
			return nil
		}
		return flat(element)
	}
}

// below are the elements at a path, as values finds values.
func below(doc map[string]any, path string) []any {
	var out []any
	for _, key := range slices.Sorted(maps.Keys(doc)) {
		if key == path {
			out = append(out, flat(doc[key])...)
		} else if rest, ok := strings.CutPrefix(path, key+"."); ok {
			for _, o := range objects(doc[key]) {
				out = append(out, below(o, rest)...)
			}
		}
	}
	return out
}

// flat is what is in v through arrays, without nulls.
func flat(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var out []any
		for _, x := range v {
			out = append(out, flat(x)...)
		}
		return out
	default:
		return []any{v}
	}
}

var decimal = regexp.MustCompile(`^-?[0-9]+$`)

// asNumber is the value x of e as it is compared with other: where other is a
// number literal and e is a field, text that is an integer is that integer.
func (ev *evaluator) asNumber(e ast.Expr, x any, other ast.Expr) any {
	s, isText := x.(string)
	_, isField := ast.Unparen(e).(*ast.Field)
	if ev.opts.Dialect != ast.Endpoint || !isText || !isField || !decimal.MatchString(s) {
		return x
	}
	if c, ok := ev.constant(other); !ok || number(c) == nil {
		return x
	}
	n, _ := new(big.Int).SetString(s, 10)
	return n
}

// host is what tells the host of an event; nil in a dialect without hosts.
func (ev *evaluator) host(index int) any {
	if ev.opts.Dialect != ast.Endpoint {
		return nil
	}
	if h := first(ev.docs[index], "host.id"); h != nil {
		return keyValue(h)
	}
	return keyValue(first(ev.docs[index], "agent.id"))
}

// byHost are the events of each host, in order.
func (ev *evaluator) byHost() [][]event {
	var out [][]event
	groups := make(map[string]int)
	for _, e := range ev.events {
		name := tuple{ev.host(e.index)}.name()
		i, ok := groups[name]
		if !ok {
			i = len(out)
			groups[name] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], e)
	}
	return out
}

// descends tells the story of all processes up to the event, and whether by then
// its own is below one of those that l is about.
func (ev *evaluator) descends(l *ast.Lineage, at place) bool {
	sources, below := make(map[string]bool), make(map[string]bool)
	for _, e := range ev.events {
		doc := ev.docs[e.index]
		name := func(id any) string { return tuple{ev.host(e.index), keyValue(id)}.name() }
		own := ""
		if id := first(doc, "process.entity_id"); id != nil {
			own = name(id)
		}
		under := func(path string) bool {
			return slices.ContainsFunc(values(doc, path), func(id any) bool {
				return name(id) != own && (sources[name(id)] || below[name(id)])
			})
		}
		if own != "" {
			if ev.matches(l.Filter, place{event: e.index}) {
				sources[own] = true
			}
			if starts(doc, ev.opts.CategoryField) && (under("process.parent.entity_id") || under("process.Ext.ancestry")) {
				below[own] = true
			}
		}
		if e.index == at.event {
			return own != "" && below[own] || under("process.Ext.ancestry")
		}
	}
	return false
}

// starts reports whether an event starts a process.
func starts(doc map[string]any, category string) bool {
	has := func(path string, words ...any) bool {
		return slices.ContainsFunc(values(doc, path), func(v any) bool { return slices.Contains(words, v) })
	}
	return has(category, "process") && (has("event.type", "start") || has("event.action", "start", "fork", "exec"))
}
