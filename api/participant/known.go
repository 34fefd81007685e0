package participant

import "github.com/openparley/parley/api/wire"

// known lists every operation of the public model of API version 2018-09-07, implemented or not.
var known = []wire.Route{
	know("CancelParticipantAuthentication", "POST", "/participant/cancel-authentication"),
	know("CompleteAttachmentUpload", "POST", "/participant/complete-attachment-upload"),
	know("CreateParticipantConnection", "POST", "/participant/connection"),
	know("DescribeView", "GET", "/participant/views/{ViewToken}"),
	know("DisconnectParticipant", "POST", "/participant/disconnect"),
	know("GetAttachment", "POST", "/participant/attachment"),
	know("GetAuthenticationUrl", "POST", "/participant/authentication-url"),
	know("GetTranscript", "POST", "/participant/transcript"),
	know("SendEvent", "POST", "/participant/event"),
	know("SendMessage", "POST", "/participant/message"),
	know("StartAttachmentUpload", "POST", "/participant/start-attachment-upload"),
}

func know(name, method, path string) wire.Route {
	return wire.Route{Service: serviceID, Name: name, Method: method, Path: path}
}
