// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {DeployConfig} from "../../script/Deploy.s.sol";
import {RecordsActions} from "../utils/ActionLog.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {setDailyFunding} from "../utils/Funding.sol";
import {FundingHandler} from "./handlers/FundingHandler.sol";

/// @dev E3, T52: at a constant price and from a funding rate of zero, takers together end with no more than they brought,
/// for any sizes and times. Neither spread nor fee hides what funding pays.
contract FundingInvariants is ExchangeTest, RecordsActions {
    int256 private constant MARGIN = 50_000_000e18;

    FundingHandler private _handler;
    address[] private _takers;

    function config() internal override returns (DeployConfig memory c) {
        c = super.config();
        setDailyFunding(c, 100e18);
        c.oracleMaker.maxSpread = 0;
    }

    function setUp() public override {
        super.setUp();
        _takers = [alice, bob, makeAddr("carol")];
        for (uint256 i = 0; i < _takers.length; ++i) {
            vm.prank(owner());
            om.setValidSender(_takers[i], true);
            fund(_takers[i], quoteXCD(uint256(MARGIN)));
            addMargin(_takers[i], quoteXCD(uint256(MARGIN)));
        }
        depositLp(lp, quoteXCD(20_000_000e18), 0);
        _handler = new FundingHandler(d, pyth, FEED, START_PRICE, _takers);
        targetContract(address(_handler));
    }

    function invariant_T52_E3_TakersTogetherNeverGainFunding() public view {
        int256 worth;
        for (uint256 i = 0; i < _takers.length; ++i) {
            worth += valueOf(_takers[i]);
        }
        assertLe(worth, MARGIN * int256(_takers.length), "E3: takers gained funding");
    }

    function afterInvariant() public {
        _handler.printCalls();
        _recordCalls(_handler);
    }
}
