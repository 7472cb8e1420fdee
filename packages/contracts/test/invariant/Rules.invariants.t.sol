// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {RecordsActions} from "../utils/ActionLog.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {RuleHandler} from "./handlers/RuleHandler.sol";

/// @dev E6, T50, T55, T59: under all rules that the contracts accept from the owner, and with caps that outsiders fill, the
/// owner of a position can add margin, and the collateral of a request is shares or back within hours. The handler checks
/// each action; here, the Vault holds what it has booked.
/// forge-config: default.invariant.runs = 8
/// forge-config: default.invariant.depth = 64
/// forge-config: deep.invariant.runs = 2000
/// forge-config: deep.invariant.depth = 150
contract RuleInvariants is ExchangeTest, RecordsActions {
    RuleHandler private _handler;
    address private _outsider = makeAddr("outsider");

    function setUp() public override {
        super.setUp();
        addMargin(alice, 5_000 * USD);
        addMargin(bob, 5_000 * USD);
        _handler = new RuleHandler(d, pyth, FEED, [alice, bob], owner(), makeAddr("carol"), _outsider);
        fund(address(_handler), 1_000_000 * USD);
        vm.prank(address(_handler));
        vault.transferFundToMargin(market, address(_handler), 1_000_000 * USD);
        vm.prank(owner());
        om.setValidSender(address(_handler), true);
        targetContract(address(_handler));
    }

    function invariant_E6_L3_RulesLockNothingIn() public view {
        uint256 booked = vault.fundOf(alice) + vault.fundOf(bob) + vault.fundOf(_outsider);
        booked += d.lens.marketOf(market).balance;
        assertEq(usd.balanceOf(address(vault)), booked, "L3");
    }

    function afterInvariant() public {
        _handler.printCalls();
        _recordCalls(_handler);
    }
}
