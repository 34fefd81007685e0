// Package types holds the structures, enums and exceptions of the Amazon Connect Participant Service that our
// operations use, with the names and Go types of the official Go SDK (service/connectparticipant). All times are
// text of the form 2006-01-02T15:04:05.000Z.
package types
