package center

// record has the record and the transcript of the current contact, which has ended, written.
func (sc *scene) record() {}
