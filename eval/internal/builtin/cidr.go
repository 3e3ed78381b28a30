package builtin

import (
	"net/netip"

	"github.com/eqlkit/eqlkit/eval/fn"
	"github.com/eqlkit/eqlkit/eval/internal/pattern"
	"github.com/eqlkit/eqlkit/eval/value"
)

// CIDRMatchName is the name of the function that tests addresses.
const CIDRMatchName = "cidrMatch"

// cidrMatch tests addresses; text that is no address gives null.
func cidrMatch() fn.Func {
	return fn.Func{
		Name: CIDRMatchName,
		Doc:  "whether an address lies in one of the blocks; a block without prefix length is one address",
		Params: []fn.Param{
			{Name: "ip", Type: fn.IP, AlsoType: fn.String},
			{Name: "block", Type: fn.String, Constant: true},
		},
		Variadic: true,
		Result:   fn.Boolean,
		Prepare: func(_ bool, constants []*value.Value) (fn.Impl, error) {
			var blocks []string
			for i, c := range constants[1:] {
				if c.Kind() != value.String {
					return nil, &fn.ArgError{Arg: i + 1, Msg: "a CIDR block must be a string"}
				}
				if _, err := pattern.ParseCIDRs([]string{c.Str()}); err != nil {
					return nil, &fn.ArgError{Arg: i + 1, Msg: err.Error()}
				}
				blocks = append(blocks, c.Str())
			}
			set, err := pattern.ParseCIDRs(blocks)
			if err != nil {
				return nil, err
			}
			return func(args []value.Value) (value.Value, error) {
				if !texts(args[0]) {
					return null, nil
				}
				addr, err := netip.ParseAddr(args[0].Str())
				if err != nil || addr.Zone() != "" {
					return null, nil
				}
				return value.OfBool(set.Contains(addr)), nil
			}, nil
		},
	}
}
