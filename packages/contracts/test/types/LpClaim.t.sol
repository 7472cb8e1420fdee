// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {LpClaim, MAX_SETTLED} from "../../src/types/LpRequest.sol";
import {Bounds} from "../utils/Bounds.sol";

/// @dev A claim against a list of settlements from which claims take the oldest first.
contract LpClaimTest is Bounds {
    struct Settlement {
        uint32 round;
        uint112 end;
        uint256 amount;
        uint256 open;
    }

    LpClaim private claim;
    Settlement[] private settlements;

    function testFuzz_OpenParts_AreThoseOfClaimsInOrder(uint256[40] memory seeds) external {
        uint256 owed;
        uint256 paid;
        for (uint256 i = 0; i < seeds.length; ++i) {
            uint256 seed = seeds[i] >> 8;
            uint256 kind = seeds[i] % 4;
            if (kind < 2 || claim.inputs == 0) {
                owed += _settle(boundAmount(seed, 1, 1e30));
            } else {
                uint256 part = kind == 2 ? claim.inputs : boundAmount(seed, 1, claim.inputs);
                (uint256 outputs,) = claim.takeInputs(part, true);
                paid += outputs;
                _close(part);
            }
            _check();
        }
        if (claim.inputs != 0) {
            (uint256 rest,) = claim.takeInputs(claim.inputs, true);
            paid += rest;
        }
        assertEq(paid, owed);
        assertEq(claim.outputs, 0);
    }

    /// @dev By outputs, a claim of a part may take no inputs.
    function testFuzz_ClaimsOfOutputs_KeepTheSum(uint256[20] memory seeds) external {
        for (uint256 i = 0; i < seeds.length; ++i) {
            uint256 seed = seeds[i] >> 8;
            if (seeds[i] % 2 == 0 || claim.outputs == 0) {
                _settle(boundAmount(seed, 1, 1e30));
            } else {
                (uint256 inputs,) = claim.takeOutputs(boundAmount(seed, 1, claim.outputs), true);
                _close(inputs);
            }
            _check();
        }
    }

    function test_Room_EndsBeforeASumOverflows() external {
        uint256 most = type(uint112).max;
        assertTrue(claim.hasRoomFor(most, true));
        assertFalse(claim.hasRoomFor(most + 1, true));
        claim.add(1, true, 10, 5, 0);
        claim.takeInputs(4, true);
        // The ends of a round count its claimed inputs, too.
        assertTrue(claim.hasRoomFor(most - 10, true));
        assertFalse(claim.hasRoomFor(most - 9, true));
        claim.takeInputs(6, true);
        assertTrue(claim.hasRoomFor(most, true), "a new round");
        claim.outputs = uint112(most - MAX_SETTLED);
        assertTrue(claim.hasRoomFor(1, true));
        claim.outputs = uint112(most - MAX_SETTLED + 1);
        assertFalse(claim.hasRoomFor(1, true));
        claim.outputs = 0;
        claim.quoteXCD = uint112(most - MAX_SETTLED + 1);
        assertFalse(claim.hasRoomFor(1, true));
        assertTrue(claim.hasRoomFor(1, false));
    }

    function _settle(uint256 amount) private returns (uint256 outputs) {
        outputs = amount / 3;
        uint32 id = uint32(settlements.length + 1);
        (uint32 round, uint112 end) = claim.add(id, true, uint112(amount), uint112(outputs), 0);
        settlements.push(Settlement(round, end, amount, amount));
    }

    function _close(uint256 inputs) private {
        for (uint256 i = 0; inputs != 0; ++i) {
            Settlement storage s = settlements[i];
            uint256 part = s.open < inputs ? s.open : inputs;
            s.open -= part;
            inputs -= part;
        }
    }

    function _check() private view {
        uint256 sum;
        for (uint256 i = 0; i < settlements.length; ++i) {
            Settlement memory s = settlements[i];
            assertEq(claim.openPart(s.round, s.end, s.amount), s.open, "open part");
            sum += s.open;
        }
        assertEq(sum, claim.inputs);
    }
}
