//! The room server's tests, a file a behaviour.

#![cfg(test)]

mod a_certificate_is_read_from_files;
#[cfg(unix)]
mod a_certificate_is_wanted_from_an_authority;
mod a_client_that_does_not_read_is_closed_alone;
mod a_dropped_client_resumes_over_the_network;
mod a_guest_gets_the_page_and_what_it_loads;
mod a_host_governs_over_the_network;
mod a_hostile_client_affects_nobody;
mod a_lobby_lets_in_whom_the_host_admits;
mod a_locked_room_has_newcomers_wait;
mod a_place_outlives_its_connection;
mod a_room_admits_and_announces;
mod a_server_speaks_tls;
mod a_silent_client_is_dropped;
mod a_stopping_server_says_so;
mod an_address_has_limits;
mod an_order_counts_once_and_for_one;
mod every_refusal_has_its_close_code;
#[cfg(unix)]
mod logs_name_nobody;
mod metrics_count_what_happens;
mod only_its_own_pages_open_websockets;
mod pages_are_embedded_and_hardened;
mod relayed_bytes_reach_whom_they_are_for;
mod support;
#[cfg(unix)]
mod the_program_does_as_it_is_told;
mod the_registry_is_consistent_after_any_sequence;
mod the_sender_is_stamped;
