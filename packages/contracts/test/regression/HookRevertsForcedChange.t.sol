// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {IVault} from "../../src/interfaces/IVault.sol";
import {LadderTest} from "../utils/LadderTest.sol";
import {StubMaker} from "../utils/StubMaker.sol";

/// @dev A maker whose hook for forced changes misbehaves.
contract HostileMaker is StubMaker {
    enum Trouble {
        TakesTheLock,
        ReceivesIntoItsMargin,
        BurnsItsGas,
        AnswersAtLength
    }

    Trouble private _trouble;

    constructor(IVault vault_, uint256 marketId_, uint256 price_) StubMaker(vault_, marketId_, price_) {}

    function setTrouble(Trouble trouble) external {
        _trouble = trouble;
    }

    function onPositionForced(int256, int256, uint256) public override {
        if (_trouble == Trouble.TakesTheLock) vault.withLockHeld("");
        if (_trouble == Trouble.ReceivesIntoItsMargin) vault.receiveForHedge(marketId, abi.encode(1_000_000));
        if (_trouble == Trouble.BurnsItsGas) while (true) {}
        if (_trouble == Trouble.AnswersAtLength) {
            assembly {
                return(0, 100000)
            }
        }
    }
}

/// @dev T25: a maker whose hook takes the lock again, receives collateral or burns its gas does not revert the forced
/// change.
contract HookRevertsForcedChangeTest is LadderTest {
    function testFuzz_T25_Hook_DoesNotRevertTheForcedChange(uint8 trouble, bool isTwice) public {
        HostileMaker first = _hostile(trouble);
        HostileMaker second = isTwice ? _hostile(trouble) : first;
        addMargin(alice, 20_000 * USD);
        buy(alice, address(first), 50e18);
        buy(alice, address(second), 50e18);
        jump(1700e18);
        address[] memory makers = house.makersOf(market);
        vm.prank(stranger);
        backstop.deleverage{gas: 4_000_000}(market, alice, makers);
        assertFlatAndEmpty(alice);
        assertEq(sizeOf(address(first)), 0);
        assertLaws();
        // Later deposits are credited once.
        addMargin(bob, 1 * USD);
        fund(bob, 1 * USD);
        assertLaws();
    }

    function _hostile(uint8 trouble) private returns (HostileMaker hostile) {
        hostile = new HostileMaker(vault, market, START_PRICE);
        hostile.setTrouble(HostileMaker.Trouble(trouble % 4));
        accounts.push(address(hostile));
        vm.prank(owner());
        house.registerMaker(address(hostile));
        hostile.addMargin(100_000 * USD);
    }
}
