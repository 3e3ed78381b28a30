//go:build !eqlpoison

package event

// poisoning is for tests; see the other file.
const poisoning = false

func (r *Record) own()    {}
func (r *Record) poison() {}
