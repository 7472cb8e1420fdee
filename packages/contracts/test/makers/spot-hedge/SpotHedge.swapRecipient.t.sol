// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Vm} from "forge-std/Vm.sol";
import {SpotHedgeQuoteMakerTest} from "../../utils/SpotHedgeQuoteMakerTest.sol";

/// @dev One swap per fill, for every kind of order. The pool pays the account that needs the tokens: proceeds of a base vault
/// go to the Vault, everything else to the maker that trades.
contract SpotHedgeSwapRecipientTest is SpotHedgeQuoteMakerTest {
    bytes32 private constant SWAP = keccak256("Swap(address,address,int256,int256,uint160,uint128,int24)");

    function setUp() public override {
        super.setUp();
        buy(bob, maker, 30e18);
        sell(bob, address(shb), 30e18);
        spot.moveTo(START_PRICE);
    }

    function test_BaseVault_OneSwapPaysTheRecipient() public {
        _checkAllKinds(address(shb), address(vault), address(shb));
    }

    function test_QuoteVault_OneSwapPaysTheRecipient() public {
        _checkAllKinds(maker, maker, maker);
    }

    /// @dev Alice opens with the first two kinds of orders and closes a part with the others, then the reverse.
    function _checkAllKinds(address against, address quoteGoesTo, address baseGoesTo) private {
        for (uint256 i = 0; i < 8; ++i) {
            bool isBaseToQuote = i / 2 % 2 == 0;
            bool isExactInput = i % 2 == 0;
            uint256 amount = isBaseToQuote == isExactInput ? 1e18 : 1_900e18;
            vm.recordLogs();
            tradeAs(alice, order(alice, against, isBaseToQuote, isExactInput, amount));
            _checkSwap(isBaseToQuote ? quoteGoesTo : baseGoesTo);
            spot.moveTo(START_PRICE);
        }
        // Closes of whole positions.
        vm.recordLogs();
        bool sells = sizeOf(alice) > 0;
        close(alice, against);
        _checkSwap(sells ? quoteGoesTo : baseGoesTo);
    }

    function _checkSwap(address recipient) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 swaps;
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] != SWAP) continue;
            ++swaps;
            assertEq(address(uint160(uint256(logs[i].topics[2]))), recipient, "another recipient");
        }
        assertEq(swaps, 1, "one swap");
    }
}
