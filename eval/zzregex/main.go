package main

import (
	"fmt"
	"os"
	"runtime/pprof"
	"sort"
	"time"

	"github.com/eqlkit/eqlkit/ast"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/parser"
	"github.com/eqlkit/eqlkit/rule"
)

func main() {
	rules := rule.Load("/work/shared/corpus/detection-rules/rules", "/work/shared/corpus/detection-rules/rules_building_block", "/work/shared/corpus/protections-artifacts").Rules
	type rx struct {
		p    []string
		fold bool
		d    time.Duration
	}
	seen := map[string]bool{}
	var all []rx
	for _, r := range rules {
		q, _ := parser.Parse(r.Query, parser.Options{Dialect: r.Dialect})
		for n := range ast.Preorder(q) {
			if m, ok := n.(*ast.Match); ok && (m.Op == ast.Regex || m.Op == ast.RegexFold) {
				var l []string
				for _, x := range m.List {
					l = append(l, x.(*ast.String).Value)
				}
				k := fmt.Sprint(m.Op, l)
				if !seen[k] {
					seen[k] = true
					all = append(all, rx{p: l, fold: m.Op == ast.RegexFold})
				}
			}
		}
	}
	run := func() time.Duration {
		start := time.Now()
		for i := range all {
			s := time.Now()
			if _, err := pattern.Regex(all[i].p, all[i].fold, pattern.Limits{}); err != nil {
				panic(err)
			}
			d := time.Since(s)
			if all[i].d == 0 || d < all[i].d {
				all[i].d = d
			}
		}
		return time.Since(start)
	}
	best := time.Hour
	f, _ := os.Create("/tmp/load/rx.cpu")
	pprof.StartCPUProfile(f)
	for range 100 {
		best = min(best, run())
	}
	pprof.StopCPUProfile()
	fmt.Println(len(all), best)
	sort.Slice(all, func(i, j int) bool { return all[i].d > all[j].d })
	for _, a := range all[:12] {
		fmt.Println(a.d, a.fold, a.p)
	}
}
