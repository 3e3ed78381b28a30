// Customfn adds a function to the language.
package main

import (
	"fmt"
	"log"
	"math"

	"github.com/eqlkit/eqlkit/eql"
	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/value"
)

// entropy is the Shannon entropy of a string in bits for each byte.
var entropy = fn.Func{
	Name:   "entropy",
	Doc:    "how random a string looks, in bits for each byte",
	Params: []fn.Param{{Name: "text", Type: fn.String}},
	Result: fn.Number,
	Prepare: func(bool, []*value.Value) (fn.Impl, error) {
		return func(args []value.Value) (value.Value, error) {
			return value.OfFloat(bits(args[0].Str())), nil
		}, nil
	},
}

func bits(s string) float64 {
	var counts [256]float64
	for i := range len(s) {
		counts[s[i]]++
	}
	sum := 0.0
	for _, n := range counts {
		if n > 0 {
			p := n / float64(len(s))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

func main() {
	q, err := eql.Compile(`dns where entropy(dns.question.name) > 3.5`, eql.WithFunctions(entropy))
	if err != nil {
		log.Fatal(err)
	}
	stream := eql.NewEngine(q).NewStream()
	for _, name := range []string{"www.example.org", "x7f3k9q2zv8w1m4p.example.org"} {
		ev := eql.Map{"event": map[string]any{"category": "dns"}, "dns.question.name": name}
		err := stream.Push(ev, func(eql.Match) bool {
			fmt.Println("suspicious:", name)
			return true
		})
		if err != nil {
			log.Print(err)
		}
	}
}
