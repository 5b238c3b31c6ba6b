//! What Diameter's numbers stand for, by the registries of the IANA and 3GPP TS 29.230.

use crate::framing::dissect::Names;

pub(super) const COMMANDS: &Names = &[
    (257, "Capabilities-Exchange"),
    (258, "Re-Auth"),
    (265, "AA"),
    (268, "Diameter-EAP"),
    (271, "Accounting"),
    (272, "Credit-Control"),
    (274, "Abort-Session"),
    (275, "Session-Termination"),
    (280, "Device-Watchdog"),
    (282, "Disconnect-Peer"),
    (300, "User-Authorization"),
    (301, "Server-Assignment"),
    (302, "Location-Info"),
    (303, "Multimedia-Auth"),
    (304, "Registration-Termination"),
    (305, "Push-Profile"),
    (306, "User-Data"),
    (307, "Profile-Update"),
    (308, "Subscribe-Notifications"),
    (309, "Push-Notification"),
    (316, "Update-Location"),
    (317, "Cancel-Location"),
    (318, "Authentication-Information"),
    (319, "Insert-Subscriber-Data"),
    (320, "Delete-Subscriber-Data"),
    (321, "Purge-UE"),
    (322, "Reset"),
    (323, "Notify"),
    (324, "ME-Identity-Check"),
];

pub(super) const APPLICATIONS: &Names = &[
    (0, "base"),
    (1, "NASREQ"),
    (2, "Mobile IPv4"),
    (3, "accounting"),
    (4, "credit control"),
    (5, "EAP"),
    (6, "SIP"),
    (16_777_216, "3GPP Cx"),
    (16_777_217, "3GPP Sh"),
    (16_777_236, "3GPP Rx"),
    (16_777_238, "3GPP Gx"),
    (16_777_251, "3GPP S6a"),
    (16_777_252, "3GPP S13"),
    (16_777_255, "3GPP SLg"),
    (0xffff_ffff, "relay"),
];

pub(super) const VENDORS: &Names = &[
    (0, "IETF"),
    (9, "Cisco"),
    (193, "Ericsson"),
    (311, "Microsoft"),
    (2011, "Huawei"),
    (10415, "3GPP"),
    (13019, "ETSI"),
];

pub(super) const RESULTS: &Names = &[
    (1001, "DIAMETER_MULTI_ROUND_AUTH"),
    (2001, "DIAMETER_SUCCESS"),
    (2002, "DIAMETER_LIMITED_SUCCESS"),
    (3001, "DIAMETER_COMMAND_UNSUPPORTED"),
    (3002, "DIAMETER_UNABLE_TO_DELIVER"),
    (3003, "DIAMETER_REALM_NOT_SERVED"),
    (3004, "DIAMETER_TOO_BUSY"),
    (3005, "DIAMETER_LOOP_DETECTED"),
    (3006, "DIAMETER_REDIRECT_INDICATION"),
    (3007, "DIAMETER_APPLICATION_UNSUPPORTED"),
    (3008, "DIAMETER_INVALID_HDR_BITS"),
    (3009, "DIAMETER_INVALID_AVP_BITS"),
    (3010, "DIAMETER_UNKNOWN_PEER"),
    (4001, "DIAMETER_AUTHENTICATION_REJECTED"),
    (4002, "DIAMETER_OUT_OF_SPACE"),
    (4003, "DIAMETER_ELECTION_LOST"),
    (4010, "DIAMETER_END_USER_SERVICE_DENIED"),
    (4012, "DIAMETER_CREDIT_LIMIT_REACHED"),
    (5001, "DIAMETER_AVP_UNSUPPORTED"),
    (5002, "DIAMETER_UNKNOWN_SESSION_ID"),
    (5003, "DIAMETER_AUTHORIZATION_REJECTED"),
    (5004, "DIAMETER_INVALID_AVP_VALUE"),
    (5005, "DIAMETER_MISSING_AVP"),
    (5006, "DIAMETER_RESOURCES_EXCEEDED"),
    (5007, "DIAMETER_CONTRADICTING_AVPS"),
    (5008, "DIAMETER_AVP_NOT_ALLOWED"),
    (5009, "DIAMETER_AVP_OCCURS_TOO_MANY_TIMES"),
    (5010, "DIAMETER_NO_COMMON_APPLICATION"),
    (5011, "DIAMETER_UNSUPPORTED_VERSION"),
    (5012, "DIAMETER_UNABLE_TO_COMPLY"),
    (5013, "DIAMETER_INVALID_BIT_IN_HEADER"),
    (5014, "DIAMETER_INVALID_AVP_LENGTH"),
    (5015, "DIAMETER_INVALID_MESSAGE_LENGTH"),
    (5016, "DIAMETER_INVALID_AVP_BIT_COMBO"),
    (5017, "DIAMETER_NO_COMMON_SECURITY"),
    (5030, "DIAMETER_USER_UNKNOWN"),
];

/// What an AVP holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Bytes,
    Text,
    Number,
    Named(&'static Names),
    Result,
    /// A result that a vendor defined.
    Experimental,
    Address,
    Group,
}

/// An AVP of the base set.
#[derive(Debug)]
pub(super) struct Avp {
    pub(super) code: u32,
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

const fn avp(code: u32, name: &'static str, kind: Kind) -> Avp {
    Avp { code, name, kind }
}

const DISCONNECTS: &Names = &[
    (0, "rebooting"),
    (1, "busy"),
    (2, "do not want to talk to you"),
];

const TERMINATIONS: &Names = &[
    (1, "logout"),
    (2, "service not provided"),
    (3, "bad answer"),
    (4, "administrative"),
    (5, "link broken"),
    (6, "auth expired"),
    (7, "user moved"),
    (8, "session timeout"),
];

const RECORDS: &Names = &[(1, "event"), (2, "start"), (3, "interim"), (4, "stop")];

const REQUESTS: &Names = &[
    (1, "initial"),
    (2, "update"),
    (3, "termination"),
    (4, "event"),
];

pub(super) const AVPS: &[Avp] = &[
    avp(1, "User-Name", Kind::Text),
    avp(25, "Class", Kind::Bytes),
    avp(27, "Session-Timeout", Kind::Number),
    avp(33, "Proxy-State", Kind::Bytes),
    avp(44, "Acct-Session-Id", Kind::Bytes),
    avp(50, "Acct-Multi-Session-Id", Kind::Text),
    avp(55, "Event-Timestamp", Kind::Number),
    avp(85, "Acct-Interim-Interval", Kind::Number),
    avp(257, "Host-IP-Address", Kind::Address),
    avp(258, "Auth-Application-Id", Kind::Named(APPLICATIONS)),
    avp(259, "Acct-Application-Id", Kind::Named(APPLICATIONS)),
    avp(260, "Vendor-Specific-Application-Id", Kind::Group),
    avp(261, "Redirect-Host-Usage", Kind::Number),
    avp(262, "Redirect-Max-Cache-Time", Kind::Number),
    avp(263, "Session-Id", Kind::Text),
    avp(264, "Origin-Host", Kind::Text),
    avp(265, "Supported-Vendor-Id", Kind::Named(VENDORS)),
    avp(266, "Vendor-Id", Kind::Named(VENDORS)),
    avp(267, "Firmware-Revision", Kind::Number),
    avp(268, "Result-Code", Kind::Result),
    avp(269, "Product-Name", Kind::Text),
    avp(270, "Session-Binding", Kind::Number),
    avp(271, "Session-Server-Failover", Kind::Number),
    avp(272, "Multi-Round-Time-Out", Kind::Number),
    avp(273, "Disconnect-Cause", Kind::Named(DISCONNECTS)),
    avp(274, "Auth-Request-Type", Kind::Number),
    avp(276, "Auth-Grace-Period", Kind::Number),
    avp(277, "Auth-Session-State", Kind::Number),
    avp(278, "Origin-State-Id", Kind::Number),
    avp(279, "Failed-AVP", Kind::Group),
    avp(280, "Proxy-Host", Kind::Text),
    avp(281, "Error-Message", Kind::Text),
    avp(282, "Route-Record", Kind::Text),
    avp(283, "Destination-Realm", Kind::Text),
    avp(284, "Proxy-Info", Kind::Group),
    avp(285, "Re-Auth-Request-Type", Kind::Number),
    avp(287, "Accounting-Sub-Session-Id", Kind::Number),
    avp(291, "Authorization-Lifetime", Kind::Number),
    avp(292, "Redirect-Host", Kind::Text),
    avp(293, "Destination-Host", Kind::Text),
    avp(294, "Error-Reporting-Host", Kind::Text),
    avp(295, "Termination-Cause", Kind::Named(TERMINATIONS)),
    avp(296, "Origin-Realm", Kind::Text),
    avp(297, "Experimental-Result", Kind::Group),
    avp(298, "Experimental-Result-Code", Kind::Experimental),
    avp(299, "Inband-Security-Id", Kind::Number),
    avp(415, "CC-Request-Number", Kind::Number),
    avp(416, "CC-Request-Type", Kind::Named(REQUESTS)),
    avp(443, "Subscription-Id", Kind::Group),
    avp(444, "Subscription-Id-Data", Kind::Text),
    avp(480, "Accounting-Record-Type", Kind::Named(RECORDS)),
    avp(483, "Accounting-Realtime-Required", Kind::Number),
    avp(485, "Accounting-Record-Number", Kind::Number),
];
