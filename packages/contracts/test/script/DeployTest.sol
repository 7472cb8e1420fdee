// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {Deploy, DeployConfig, Deployment} from "../../script/Deploy.s.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";

/// @dev The deployment script is the deployer here.
abstract contract DeployTest is ExchangeTest {
    Deploy internal script;
    address internal guardian = makeAddr("guardian");

    function setUp() public virtual override {
        super.setUp();
        script = Deploy(deployCode(vm.envOr("DEPLOY_ARTIFACT", string("Deploy.s.sol:Deploy"))));
        vm.deal(address(script), 1 ether);
    }

    function _deploy(uint256 timelockDelay, uint24 breakerWindow) internal returns (Deployment memory) {
        DeployConfig memory c = config();
        c.guardian = guardian;
        c.timelockDelay = timelockDelay;
        if (breakerWindow != 0) (c.breakerWindow, c.breakerMaxOutflow) = (breakerWindow, 100_000);
        return script.deploy(c, address(script));
    }

    /// @dev The owned contracts of a deployment, the breaker last and only if there is one.
    function _owned(Deployment memory e) internal pure returns (Ownable2Step[] memory owned) {
        Ownable2Step[7] memory all = [
            Ownable2Step(e.oracle),
            e.clearingHouse,
            e.orderGateway,
            e.oracleMaker,
            e.spotHedgeBaseMaker,
            e.signedOrderGateway,
            e.breaker
        ];
        owned = new Ownable2Step[](address(e.breaker) == address(0) ? 6 : 7);
        for (uint256 i = 0; i < owned.length; ++i) {
            owned[i] = all[i];
        }
    }

    string internal constant QUOTE_VAULT = string.concat(
        '},"spotHedgeQuoteMaker":{"maxHedgeDeviation":20000,"minMarginRatio":200000,"spread":0,',
        '"targetMarginRatio":500000,"reserveRatio":400000,"rebalanceBand":50000,"deleverageRatio":150000,',
        '"maxDeleverageDeviation":5000,"keeperFeeRatio":100,"maxKeeperFee":"5000000","keeperInterval":30,',
        '"depositCap":"9000000000000"'
    );

    /// @dev A configuration with every required field, and `more` at the end of `market`.
    function _json(string memory more) internal pure returns (string memory) {
        return _json(more, "");
    }

    /// @dev `charges` at the end of `oracleMaker`.
    function _json(string memory more, string memory charges) internal pure returns (string memory) {
        return string.concat(
            '{"owner":"0x00000000000000000000000000000000000000a1",',
            '"collateral":"0x00000000000000000000000000000000000000a2",',
            '"base":"0x00000000000000000000000000000000000000a3","baseSymbol":"ETH",',
            '"pyth":"0x00000000000000000000000000000000000000a4",',
            '"feed":{"pythId":"0x0000000000000000000000000000000000000000000000000000000000000007",',
            '"maxAge":61,"maxExecutionAge":62,"floatFee":1},',
            '"rules":{"delay":3,"priceWindow":10,"validity":60,"minKeeperFee":"100000000000000"},',
            '"oracleMaker":{"maxSpread":10000,"minMarginRatio":100001,"maxAbsPosition":"500000000000000000000"',
            charges,
            "},",
            '"spotHedgeBaseMaker":{"spot":{"uniswapV3Factory":"0x00000000000000000000000000000000000000a5",',
            '"pools":[{"fee":500}]},"maxHedgeDeviation":20000,"minMarginRatio":500000,"spread":5},',
            '"whitelistLps":["0x00000000000000000000000000000000000000a6"],"oracleFloat":1000,',
            '"market":{"initialMarginRatio":100000,"maintenanceMarginRatio":62500,"priceBand":50000,',
            '"feeIndexDecimals":14',
            more,
            "}}"
        );
    }
}
