package lint

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/ast/source"
)

var listCodes = []Check{
	{Code: "list-duplicate", Severity: source.Info, Doc: "A list holds a value twice."},
	{Code: "list-subsumed", Severity: source.Info, Doc: "A pattern or address block of a list covers another entry."},
	{Code: "null-in-list", Severity: source.Warning, Doc: "A list holds null, which never matches."},
	{Code: "mixed-list", Severity: source.Warning, Doc: "A list holds strings and numbers."},
}

// lists looks for entries that change nothing.
func listEntries(p *pass) {
	nodes(p, func(x *ast.Match) {
		if x.Op == ast.Regex || x.Op == ast.RegexFold {
			p.repeated(x)
			return
		}
		p.entries(x)
	})
	nodes(p, func(x *ast.Call) {
		if strings.EqualFold(x.Name.Name, "cidrMatch") && len(x.Args) > 2 {
			p.blocks(x.Args[1:])
		}
	})
}

// repeated reports regular expressions that are written twice.
func (p *pass) repeated(x *ast.Match) {
	seen := map[string]bool{}
	for i, item := range x.List {
		s, ok := ast.Unparen(item).(*ast.String)
		if !ok {
			continue
		}
		if seen[s.Value] {
			p.reportEntry("list-duplicate", x.List, i, quoted(s.Value)+" stands in the list already")
		}
		seen[s.Value] = true
	}
}

func (p *pass) reportEntry(code string, list []ast.Expr, i int, msg string) {
	p.report(code, list[i].Span(), msg, "", p.removeItem("remove the entry", true, list, i)...)
}

func (p *pass) entries(x *ast.Match) {
	seen := map[string]string{} // the entry by what it means
	var globs []entry
	var all []entry
	var texts, numbers int
	for i, item := range x.List {
		switch item := ast.Unparen(item).(type) {
		case *ast.Null:
			p.report("null-in-list", item.Range, "null is in no list: this never matches", "test with == null")
		case *ast.String:
			texts++
			g := newGlob(item.Value, !x.Op.IsPattern(), x.Op.FoldsCase())
			key := string(g.runes)
			if first, ok := seen[key]; ok {
				msg := quoted(item.Value) + " stands in the list already"
				if first != item.Value {
					msg += ", as " + quoted(first) + ": case does not count"
				}
				p.reportEntry("list-duplicate", x.List, i, msg)
				continue
			}
			seen[key] = item.Value
			e := entry{g, i, item.Value}
			all = append(all, e)
			if !g.exact {
				globs = append(globs, e)
			}
		default:
			if n, ok := numberOf(item); ok {
				numbers++
				key := fmt.Sprintf("\x00%v", n)
				if _, ok := seen[key]; ok {
					p.reportEntry("list-duplicate", x.List, i, brief(item)+" stands in the list already")
				}
				seen[key] = ""
			}
		}
	}
	if texts > 0 && numbers > 0 {
		p.report("mixed-list", x.Span(), "the list holds strings and numbers; a value is either", "")
	}
	p.subsumed(x.List, all, globs)
}

// An entry is a pattern or value of a list.
type entry struct {
	glob
	index int
	text  string
}

// maxBlocks bounds the address blocks of a list that are compared.
const maxBlocks = 400

func (p *pass) subsumed(list []ast.Expr, all, globs []entry) {
	for i := range all {
		if p.work.isSpent() {
			return
		}
		for j := range globs {
			e, g := &all[i], &globs[j]
			if e.index == g.index || !p.work.spend(&g.glob, &e.glob) || !g.covers(&e.glob) || e.covers(&g.glob) && e.index < g.index {
				continue
			}
			p.reportEntry("list-subsumed", list, e.index, fmt.Sprintf("%s covers %s", quoted(g.text), quoted(e.text)))
			break
		}
	}
}

// blocks looks for address blocks that lie in others.
func (p *pass) blocks(list []ast.Expr) {
	type block struct {
		prefix netip.Prefix
		index  int
	}
	var blocks []block
	for i, x := range list {
		if s, ok := ast.Unparen(x).(*ast.String); ok {
			if prefix, ok := parseBlock(s.Value); ok {
				blocks = append(blocks, block{prefix, i})
			}
		}
	}
	blocks = blocks[:min(len(blocks), maxBlocks)]
	var inside []int // of list
	var example string
	for _, b := range blocks {
		for _, o := range blocks {
			same := o.prefix == b.prefix
			if o.index == b.index || same && o.index > b.index || o.prefix.Bits() > b.prefix.Bits() || !o.prefix.Contains(b.prefix.Addr()) {
				continue
			}
			if same {
				p.reportEntry("list-duplicate", list, b.index, brief(list[b.index])+" stands in the list already")
				break
			}
			if inside == nil {
				example = fmt.Sprintf("%s covers %s", brief(list[o.index]), brief(list[b.index]))
			}
			inside = append(inside, b.index)
			break
		}
	}
	p.insideBlocks(list, inside, example)
}

// insideBlocks reports the blocks that lie in others in one go: lists of
// reserved addresses are copied whole.
func (p *pass) insideBlocks(list []ast.Expr, inside []int, example string) {
	if len(inside) == 0 {
		return
	}
	if n := len(inside) - 1; n > 0 {
		example += fmt.Sprintf(", and %s more lie in others", plural(n, "block"))
	}
	fix := source.Fix{Title: "remove what is covered", Safe: true}
	for _, i := range inside {
		one := p.removeItem("", true, list, i)
		if one == nil || i == 0 {
			fix.Edits = nil
			break
		}
		fix.Edits = append(fix.Edits, one[0].Edits...)
	}
	var fixes []source.Fix
	if fix.Edits != nil {
		fixes = append(fixes, fix)
	}
	p.report("list-subsumed", list[inside[0]].Span(), example, "", fixes...)
}

// parseBlock reads an address block, or an address as a block of one.
func parseBlock(s string) (netip.Prefix, bool) {
	if prefix, err := netip.ParsePrefix(s); err == nil {
		return prefix.Masked(), true
	}
	addr, err := netip.ParseAddr(s)
	if err != nil || addr.Zone() != "" {
		return netip.Prefix{}, false
	}
	return netip.PrefixFrom(addr, addr.BitLen()), true
}
