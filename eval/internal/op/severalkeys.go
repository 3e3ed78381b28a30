package op

import "github.com/eqlkit/eqlkit/eval/value"

// severalKeys are the key tuples of an event of whose keys some have several
// values: each value of a key with each of the others, the last key first.
type severalKeys struct {
	enc    []byte    // what all tuples begin with, then the encoded values
	start  int       // where the values begin in it
	values []keyText // of all keys, one key after the other
	keys   []keyChoice
}

// A keyText is an encoded value, by its place in severalKeys.enc.
type keyText struct{ from, to int }

// A keyChoice is the values of a key, in severalKeys.values, and the current one.
type keyChoice struct{ from, to, at int }

// reset forgets all keys. Tuples begin with prefix.
func (k *severalKeys) reset(prefix []byte) {
	k.enc = append(k.enc[:0], prefix...)
	k.start = len(k.enc)
	k.values, k.keys = k.values[:0], k.keys[:0]
}

// fewValues is up to how many values of a key are compared one by one.
const fewValues = 32

// add adds a key with the different values of v; null is one.
func (k *severalKeys) add(v value.Value) {
	c := keyChoice{from: len(k.values), at: len(k.values)}
	if v.Kind() != value.List {
		k.value(v)
	}
	elems := v.Elems()
	var seen map[string]bool
	if len(elems) > fewValues {
		seen = make(map[string]bool, len(elems))
	}
	for _, e := range elems {
		k.value(e)
		if last := len(k.values) - 1; k.repeats(c.from, last, seen) {
			k.enc = k.enc[:k.values[last].from]
			k.values = k.values[:last]
		}
	}
	c.to = len(k.values)
	k.keys = append(k.keys, c)
}

// repeats reports whether value i is one of those from the value first on, which
// are in seen unless that is nil.
func (k *severalKeys) repeats(first, i int, seen map[string]bool) bool {
	text := k.text(i)
	if seen != nil {
		repeated := seen[string(text)]
		seen[string(text)] = true
		return repeated
	}
	for ; first < i; first++ {
		if string(k.text(first)) == string(text) {
			return true
		}
	}
	return false
}

func (k *severalKeys) value(v value.Value) {
	from := len(k.enc)
	k.enc = appendKey(k.enc, v)
	k.values = append(k.values, keyText{from, len(k.enc)})
}

func (k *severalKeys) text(i int) []byte { return k.enc[k.values[i].from:k.values[i].to] }

// appendTo appends the current tuple to dst.
func (k *severalKeys) appendTo(dst []byte) []byte {
	dst = append(dst, k.enc[:k.start]...)
	for i := range k.keys {
		dst = append(dst, k.text(k.keys[i].at)...)
	}
	return dst
}

// next goes on to the next tuple and reports whether there is one.
func (k *severalKeys) next() bool {
	for i := len(k.keys) - 1; i >= 0; i-- {
		c := &k.keys[i]
		if c.at++; c.at < c.to {
			return true
		}
		c.at = c.from
	}
	return false
}
