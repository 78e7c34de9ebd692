/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Names of the simulated card that something of ours may bear as well, so that
 * both can be in one test.  The compiler is told to read this first; the
 * linker sees sim_ before each.
 */
#ifndef TESTS_CARD_NAMES_H
#define TESTS_CARD_NAMES_H

#define apdu_exchange sim_apdu_exchange
#define apdu_forget sim_apdu_forget
#define applet_gids sim_applet_gids
#define applet_openpgp sim_applet_openpgp
#define applet_piv sim_applet_piv
#define buf_all sim_buf_all
#define buf_byte sim_buf_byte
#define buf_clear sim_buf_clear
#define buf_free sim_buf_free
#define buf_put sim_buf_put
#define buf_span sim_buf_span
#define card_keep sim_card_keep
#define fault_answer sim_fault_answer
#define fault_now sim_fault_now
#define gids_activate sim_gids_activate
#define gids_admin sim_gids_admin
#define gids_create sim_gids_create
#define gids_generate sim_gids_generate
#define gids_get_key sim_gids_get_key
#define gids_header sim_gids_header
#define gids_may sim_gids_may
#define gids_mse sim_gids_mse
#define gids_personalise sim_gids_personalise
#define gids_pso sim_gids_pso
#define gids_put_key sim_gids_put_key
#define gids_write sim_gids_write
#define key_bits sim_key_bits
#define key_cipher sim_key_cipher
#define key_cipher_block sim_key_cipher_block
#define key_cipher_size sim_key_cipher_size
#define key_curve sim_key_curve
#define key_ecdh sim_key_ecdh
#define key_ecdsa sim_key_ecdsa
#define key_eddsa sim_key_eddsa
#define key_from_25519 sim_key_from_25519
#define key_from_ec sim_key_from_ec
#define key_from_rsa sim_key_from_rsa
#define key_from_rsa_der sim_key_from_rsa_der
#define key_is_rsa sim_key_is_rsa
#define key_load sim_key_load
#define key_make_25519 sim_key_make_25519
#define key_make_ec sim_key_make_ec
#define key_make_rsa sim_key_make_rsa
#define key_point sim_key_point
#define key_public sim_key_public
#define key_random sim_key_random
#define key_rsa_decrypt sim_key_rsa_decrypt
#define key_rsa_sign sim_key_rsa_sign
#define key_save sim_key_save
#define openpgp_attributes_good sim_openpgp_attributes_good
#define openpgp_count sim_openpgp_count
#define openpgp_data_new sim_openpgp_data_new
#define openpgp_decrypt sim_openpgp_decrypt
#define openpgp_generate sim_openpgp_generate
#define openpgp_get sim_openpgp_get
#define openpgp_import sim_openpgp_import
#define openpgp_index sim_openpgp_index
#define openpgp_put sim_openpgp_put
#define openpgp_sign sim_openpgp_sign
#define pin_block sim_pin_block
#define pin_left sim_pin_left
#define pin_limit sim_pin_limit
#define pin_set sim_pin_set
#define pin_status sim_pin_status
#define pin_value sim_pin_value
#define pin_verify sim_pin_verify
#define piv_admin sim_piv_admin
#define piv_authenticate sim_piv_authenticate
#define piv_cipher sim_piv_cipher
#define piv_generate sim_piv_generate
#define piv_import sim_piv_import
#define piv_is_slot sim_piv_is_slot
#define piv_manager_default sim_piv_manager_default
#define piv_metadata sim_piv_metadata
#define piv_move sim_piv_move
#define span_equal sim_span_equal
#define span_of sim_span_of
#define span_take sim_span_take
#define store_close sim_store_close
#define store_get sim_store_get
#define store_open sim_store_open
#define store_put sim_store_put
#define store_remove sim_store_remove
#define store_remove_range sim_store_remove_range
#define store_save sim_store_save
#define store_set_capacity sim_store_set_capacity
#define store_used sim_store_used
#define tlv_find sim_tlv_find
#define tlv_head sim_tlv_head
#define tlv_next sim_tlv_next
#define tlv_only sim_tlv_only
#define tlv_put sim_tlv_put
#define tlv_put_byte sim_tlv_put_byte
#define tlv_put_span sim_tlv_put_span

#endif
