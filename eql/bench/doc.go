// Package bench measures an engine over rules and events of one's own, and says
// whether it reaches the goals that this module has set itself.
//
// What is compared is measured in one run: round after round, every case goes over
// the same events once, after a garbage collection, with GOMAXPROCS=1 unless the
// case is about workers. Times are CPU times of the process where the system tells
// them, all threads and the garbage collector included, so that another process
// disturbs less; the cases about workers and single events take the clock's. A figure
// is the median of the rounds, a ratio the median of the rounds' ratios, and its
// spread goes from the smallest to the largest of these. Loading is measured before
// all else, without engines that the garbage collector would look through. Absolute
// times depend on the machine and on what else it does; ratios hold.
//
// Measure is the part that knows nothing of EQL; the program in examples/compare
// adds cases of other libraries with it.
package bench
