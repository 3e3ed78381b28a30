package index

// An Index knows which conditions an event may satisfy. It is immutable and safe
// for concurrent use; what is asked of it is asked by a Finder.
type Index struct {
	blocks  []*block
	sources []*source
	bySlot  []int32 // the source of a slot, or -1
	others  []int32 // sources that are not one field
	bits    int
}

// Bits returns how many bits conditions take: all of Builder.Bit are below.
func (ix *Index) Bits() int { return ix.bits }
