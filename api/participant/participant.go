// Package participant defines the operations of the Amazon Connect Participant Service for both ends: what customers
// and agents send to a chat and read from it. Names and Go types are those of the official Go SDK
// (service/connectparticipant).
//
// The service does not use signatures. Each operation takes a token in the header X-Amz-Bearer:
// CreateParticipantConnection that of the participant, the others that of a connection.
package participant

import (
	"github.com/openparley/parley/api/participant/types"
	"github.com/openparley/parley/api/wire"
)

const serviceID = "ConnectParticipant"

// Service is the Amazon Connect Participant Service, API version 2018-09-07.
var Service = &wire.Service{
	ID:   serviceID,
	Host: "participant.connect",
	InvalidShape: func(message string) error {
		return &types.ValidationException{Message: &message}
	},
	InvalidValue: func(message string) error {
		return &types.ValidationException{Message: &message}
	},
	Internal: func() error {
		return &types.InternalServerException{Message: new("Internal server error")}
	},
	Known: known,
}

// commonErrors can come from every operation.
var commonErrors = []wire.Exception{
	&types.AccessDeniedException{},
	&types.InternalServerException{},
	&types.ThrottlingException{},
	&types.ValidationException{},
}

func errorsOf(more ...wire.Exception) []wire.Exception {
	return append(more, commonErrors...)
}
