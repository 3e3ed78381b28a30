package evaltest

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/eqlkit/eqlkit/ast"
)

// A block is a set of addresses: those whose first bits are those of addr. IPv4
// lies within IPv6, below ::ffff:0:0/96.
type block struct {
	addr [16]byte
	bits int
}

func parseBlock(s string) (block, bool) {
	text, prefix, hasPrefix := strings.Cut(s, "/")
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return block{}, false
	}
	b := block{addr: addr.As16(), bits: 128}
	if hasPrefix {
		n, err := strconv.Atoi(prefix)
		if err != nil || n < 0 || n > addr.BitLen() {
			return block{}, false
		}
		b.bits = n + 128 - addr.BitLen()
	}
	return b, true
}

func (b block) contains(addr [16]byte) bool {
	for i := range b.bits {
		mask := byte(0x80) >> (i % 8)
		if addr[i/8]&mask != b.addr[i/8]&mask {
			return false
		}
	}
	return true
}

func cidrMatch(args []any, _ bool) any {
	s, ok := args[0].(string)
	addr, err := netip.ParseAddr(s)
	if !ok || err != nil || addr.Zone() != "" {
		return nil
	}
	for _, a := range args[1:] {
		if b, ok := parseBlock(a.(string)); ok && b.contains(addr.As16()) {
			return true
		}
	}
	return false
}

// checkBlocks wants the blocks of cidrMatch to be constant and well-formed.
func (ev *evaluator) checkBlocks(e *ast.Call) error {
	for _, a := range e.Args[1:] {
		v, ok := ev.constant(a)
		if ok && v == nil {
			continue
		}
		s, isString := v.(string)
		if !ok || !isString {
			return unsupported(a, "block that is no constant string")
		}
		if _, ok := parseBlock(s); !ok {
			return unsupported(a, "block %q", s)
		}
	}
	return nil
}
