package evaltest

import (
	"encoding/json"
	"regexp"
	"strconv"
	"time"
)

var identifiers = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

// DocsFor returns n events as Docs does, but with no other fields than a query
// asks for: they are made and searched much faster.
func (g *Gen) DocsFor(query string, n int) []map[string]any {
	g.used = make(map[string]bool)
	for _, name := range identifiers.FindAllString(query, -1) {
		g.used[name] = true
	}
	defer func() { g.used = nil }()
	return g.Docs(n)
}

// uses reports whether documents need a field.
func (g *Gen) uses(name string) bool { return g.used == nil || g.used[name] }

// Docs returns n events in order of "@timestamp"; many share one. Numbers are
// json.Numbers, so that the events are the same after a trip through JSON with
// UseNumber. Each has its index as "id", and in "seq" what may serve as a
// tiebreaker: numbers in no order, also equal ones, or nothing.
func (g *Gen) Docs(n int) []map[string]any {
	at := time.Date(2024, 2, 29, 23, 59, 59, 998_000_000, time.UTC)
	docs := make([]map[string]any, n)
	for i := range docs {
		doc := map[string]any{"id": num(i)}
		docs[i] = doc

		at = at.Add(of[time.Duration](g, 1, 0, 0, 2, 3, 5, 1000, 2000) * time.Millisecond)
		if g.oneIn(10) {
			at = at.Add(of[time.Duration](g, 1, 400_000, 999_999))
		}
		doc["@timestamp"] = at.Format(time.RFC3339Nano)
		if at.Nanosecond()%1e6 == 0 && g.oneIn(2) {
			doc["@timestamp"] = num(int(at.UnixMilli()))
		}
		if !g.oneIn(6) {
			doc["seq"] = num(g.pick(5))
		}

		category := of[any](g, "process", "network", "file", "any", "net-flow", "Process", []any{"process", "file"}, nil)
		if g.oneIn(4) {
			doc["event.category"] = category
		} else {
			doc["event"] = map[string]any{"category": category}
		}
		g.keys(doc)
		g.values(doc)
	}
	return docs
}

func num(n int) json.Number { return json.Number(strconv.Itoa(n)) }

// keys adds what sequences and samples filter by and join on.
func (g *Gen) keys(doc map[string]any) {
	if g.uses("e") {
		doc["e"] = of(g, "A", "B", "C", "D")
	}
	g.maybe(doc, "k", 8, func() any { return of[any](g, "u1", "u2") })
	g.maybe(doc, "k2", 8, func() any {
		return of[any](g, json.Number("5"), json.Number("5.0"), json.Number("6"), "5", true, false, json.Number("9007199254740993"), json.Number("9007199254740992"))
	})
	g.maybe(doc, "ok", 2, func() any { return of[any](g, "u1", "u2") })
	g.maybe(doc, "mk", 8, func() any { return g.list(func() any { return of[any](g, "u1", "u2", "u3") }) })
	g.maybe(doc, "src", 8, func() any { return of[any](g, json.Number("1"), json.Number("2"), json.Number("1.0")) })
	g.maybe(doc, "dst", 8, func() any { return of[any](g, json.Number("1"), json.Number("2")) })
}

// values adds what conditions are about.
func (g *Gen) values(doc map[string]any) {
	plain := func() any { return of(g, plainStrings...) }
	small := func() any { return json.Number(of(g, "1", "0", "2", "5", "3", "-1", "-7", "10")) }
	anyOf := func() any {
		return of[any](g, json.Number("5"), "5", true, json.Number("1.5"), "a", json.Number("1"), false, "A", map[string]any{"a": "a"})
	}

	g.maybe(doc, "s", 5, plain)
	g.maybe(doc, "t", 5, func() any { return of(g, unicodeStrings...) })
	g.maybe(doc, "w", 5, func() any { return of(g, astralStrings...) })
	g.maybe(doc, "n", 5, small)
	g.maybe(doc, "u", 5, func() any {
		return json.Number(of(g, "9007199254740993", "9007199254740992", "9223372036854775807", "9223372036854775808",
			"18446744073709551615", "-9223372036854775808", "9007199254740992.0", "0"))
	})
	g.maybe(doc, "x", 5, func() any {
		return json.Number(of(g, "1.5", "0.0", "2.5", "-0.5", "0.1", "1e7", "12.0", "1E-4", "-0.0"))
	})
	g.maybe(doc, "b", 5, func() any { return of(g, true, false) })
	g.maybe(doc, "bs", 5, func() any { return g.list(func() any { return of(g, true, false) }) })
	g.maybe(doc, "ss", 4, func() any { return g.list(plain) })
	g.maybe(doc, "ns", 4, func() any { return g.list(small) })
	g.maybe(doc, "ip", 5, func() any { return of(g, addresses...) })
	g.maybe(doc, "ips", 5, func() any { return g.list(func() any { return of(g, addresses...) }) })
	g.maybe(doc, "digits", 5, func() any { return of(g, numberStrings...) })
	g.maybe(doc, "mix", 4, func() any {
		if g.oneIn(3) {
			return g.list(anyOf)
		}
		return anyOf()
	})
	if g.uses("void") {
		doc["void"] = of[any](g, nil, []any{}, []any{nil})
	}
	if g.uses("o") {
		g.object(doc, plain)
	}
	// objs.v may come from several places at once.
	g.maybe(doc, "objs", 4, func() any {
		return g.list(func() any { return map[string]any{"v": g.list(plain), "w": small()} })
	})
	if g.uses("objs") && g.oneIn(5) {
		doc["objs.v"] = plain()
	}
}

// object adds o.k, which has one value, wherever it stands.
func (g *Gen) object(doc map[string]any, value func() any) {
	o := map[string]any{"j": of(g, "u1", "u2")}
	doc["o"] = o
	switch g.pick(4) {
	case 0:
		o["k"] = value()
	case 1:
		doc["o.k"] = value()
	case 2:
		doc["o"] = []any{o, map[string]any{"k": value()}}
	}
}

// maybe sets a field, but leaves it out or makes it null once in n times.
func (g *Gen) maybe(doc map[string]any, name string, n int, value func() any) {
	if !g.uses(name) {
		return
	}
	if !g.oneIn(n) {
		doc[name] = value()
	} else if g.oneIn(2) {
		doc[name] = nil
	}
}

// list is an array, or at times its element alone.
func (g *Gen) list(element func() any) any {
	if g.oneIn(4) {
		return element()
	}
	return several(g, 0, 3, func() any {
		if g.oneIn(10) {
			return nil
		}
		return element()
	})
}
