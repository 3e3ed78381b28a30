package evaltest

import (
	"cmp"
	"maps"
	"slices"

	"github.com/eqlkit/eqlkit/ast"
)

// sample chooses, for each tuple of keys that every filter has an event for,
// events that all differ.
func (ev *evaluator) sample(s *ast.Sample) []Result {
	keys := make(map[string]tuple)
	hosts := make(map[string]int)                    // by name, the first event of a group
	groups := make([]map[string][]int, len(s.Terms)) // of each filter, by key
	for i, t := range s.Terms {
		groups[i] = make(map[string][]int)
		for _, e := range ev.events {
			if !ev.matches(t.Filter, place{event: e.index}) {
				continue
			}
			for _, key := range tuples(keyFields(s.By, t), ev.docs[e.index]) {
				name := tuple{ev.host(e.index)}.name() + key.name()
				if first, ok := hosts[name]; !ok || e.rank < first {
					hosts[name] = e.rank
				}
				keys[name] = key
				groups[i][name] = append(groups[i][name], e.index)
			}
		}
	}
	var results []Result
	for _, name := range slices.SortedFunc(maps.Keys(keys), func(a, b string) int {
		return cmp.Or(keys[a].compare(keys[b]), cmp.Compare(hosts[a], hosts[b]))
	}) {
		key := keys[name]
		// No choice needs more events of a filter than this.
		most := len(groups) + ev.opts.MaxSamplesPerKey - 1
		var candidates [][]int
		for _, g := range groups {
			events := g[name]
			candidates = append(candidates, events[:min(len(events), most)])
		}
		choices := distinct(candidates, nil)
		for _, events := range choices[:min(len(choices), ev.opts.MaxSamplesPerKey)] {
			results = append(results, Result{Keys: key.result(), Events: events})
		}
	}
	return results
}

// distinct are the ways to go on from chosen with one of each candidates, all
// different, the last choice changing first.
func distinct(candidates [][]int, chosen []int) [][]int {
	if len(candidates) == 0 {
		return [][]int{slices.Clone(chosen)}
	}
	var out [][]int
	for _, c := range candidates[0] {
		if !slices.Contains(chosen, c) {
			out = append(out, distinct(candidates[1:], append(chosen, c))...)
		}
	}
	return out
}
